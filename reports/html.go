package reports

import "io"

func HTML(w io.Writer, r *Record) error { return nil }
