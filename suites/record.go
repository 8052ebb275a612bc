package suites

import (
	"os"
	"path/filepath"
	"time"

	"github.com/onsi/ginkgo/v2"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/reports"
)

// OutVariable is an environment variable: the directory that a package run by
// `ginkgo run` writes its record to. Without it there is none.
const OutVariable = "IPCKIT_OUT"

// keepRecord makes a suite that Ginkgo runs write a record: the header before
// the first spec, a line for each check from whichever process ran it, the
// footer after the last.
func keepRecord(s *check.Suite, header reports.Header) {
	ginkgo.ReportAfterSuite("something was selected", func(r ginkgo.Report) {
		if r.PreRunStats.SpecsThatWillRun == 0 {
			ginkgo.Fail("no spec matches the selection: `ipckit list` shows requirements and families, which are labels")
		}
	})
	dir := os.Getenv(OutVariable)
	if dir == "" {
		return
	}
	path, err := filepath.Abs(filepath.Join(dir, run.RecordName))
	if err != nil {
		ginkgo.Fail(err.Error())
	}
	must := func(err error) {
		if err != nil {
			ginkgo.Fail(OutVariable + ": " + err.Error())
		}
	}
	began := time.Now()
	ginkgo.ReportBeforeSuite(func(r ginkgo.Report) {
		header.Total = r.PreRunStats.SpecsThatWillRun
		must(os.MkdirAll(dir, 0o777))
		w, err := reports.Create(path, header)
		must(err)
		must(w.Close())
	})
	s.OnResult = func(r reports.Result) {
		w, err := reports.Append(path)
		must(err)
		must(w.Result(r))
		must(w.Close())
	}
	ginkgo.ReportAfterSuite("the record's footer", func(ginkgo.Report) {
		record, err := reports.Read(path)
		must(err)
		w, err := reports.Append(path)
		must(err)
		must(w.Footer(record.Closing(false, began)))
		must(w.Close())
	})
}
