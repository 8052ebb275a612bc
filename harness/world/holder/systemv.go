package holder

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/world/message"
)

// A table lists one kind of System V objects. /proc/sysvipc shows those of the
// reader's own IPC namespace, whatever /proc it is.
type table struct {
	kind    string
	path    string
	remove  func(id int)
	remedy  string
	columns []string // worth showing
}

var systemV = []table{
	{message.SystemVMemory, "/proc/sysvipc/shm", func(id int) { _, _ = unix.SysvShmCtl(id, unix.IPC_RMID, nil) },
		"shmctl(%d, IPC_RMID, NULL)", []string{"size", "nattch", "cpid", "uid"}},
	{message.SystemVSemaphore, "/proc/sysvipc/sem", func(id int) { _, _, _ = unix.Syscall6(unix.SYS_SEMCTL, uintptr(id), 0, unix.IPC_RMID, 0, 0, 0) },
		"semctl(%d, 0, IPC_RMID)", []string{"nsems", "uid"}},
	{message.SystemVQueue, "/proc/sysvipc/msg", func(id int) { _, _, _ = unix.Syscall(unix.SYS_MSGCTL, uintptr(id), unix.IPC_RMID, 0) },
		"msgctl(%d, IPC_RMID, NULL)", []string{"qnum", "cbytes", "lspid", "uid"}},
}

// list reads the table.
func (t table) list() (found []object, err error) {
	text, err := os.ReadFile(t.path)
	if err != nil {
		return nil, fmt.Errorf("list System V objects: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	header := strings.Fields(lines[0])
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, value := range strings.Fields(line) {
			if i < len(header) {
				row[header[i]] = value
			}
		}
		if t.removed(row) {
			continue
		}
		found = append(found, t.object(row))
	}
	return found, nil
}

// removed reports memory that goes when the last process detaches it: its
// removal has been asked for (SHM_DEST, 01000 in the octal mode).
func (t table) removed(row map[string]string) bool {
	var mode int
	_, _ = fmt.Sscanf(row["perms"], "%o", &mode)
	return t.kind == message.SystemVMemory && mode&0o1000 != 0
}

func (t table) object(row map[string]string) object {
	id := 0
	for _, column := range []string{"shmid", "semid", "msqid"} {
		if value, ok := row[column]; ok {
			id = number(value)
		}
	}
	var detail []string
	for _, column := range t.columns {
		detail = append(detail, column+" "+row[column])
	}
	name := fmt.Sprintf("id %d, IPC_PRIVATE", id)
	if key := number(row["key"]); key != 0 {
		name = fmt.Sprintf("id %d, key 0x%08x", id, uint32(key))
	}
	return object{
		Leftover: message.Leftover{Kind: t.kind, Name: name, Detail: strings.Join(detail, ", "), Remedy: fmt.Sprintf(t.remedy, id)},
		id:       uint64(id),
		user:     number(row["cuid"]),
		creator:  max(number(row["cpid"]), number(row["lspid"])), // of a queue only the last sender is kept
		remove:   func() { t.remove(id) },
	}
}
