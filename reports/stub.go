package reports

import "io"

func JUnit(w io.Writer, r *Record) error { return nil }
func Markdown(w io.Writer, r *Record) error { return nil }
func HTML(w io.Writer, r *Record) error { return nil }
func Annotations(w io.Writer, r *Record) error { return nil }
