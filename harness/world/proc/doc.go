// Package proc reads /proc: which processes there are, what their threads do,
// which system call a thread waits in, on what, and whether anything but another
// process could end the wait.
package proc
