package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/measure"
	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/reports"
	"github.com/ipckit/ipckit/suites"
	"github.com/ipckit/ipckit/suites/performance"
)

// benchFlags are those of bench.
type benchFlags struct {
	of      []string
	budget  time.Duration
	out     string
	save    string
	against string
}

// benchBudget is how long rounds go on where the caller does not say.
const benchBudget = 2 * time.Minute

func newBench() *cobra.Command {
	var f benchFlags
	c := &cobra.Command{
		Use:   "bench SUBJECT...",
		Short: "Measure implementations side by side",
		Long: `Bench measures how long messages take, side by side: each round launches all
subjects in random order, and with them the limits of the machine, such as a cache
line that two processors hand to each other. It prints the middle of the rounds
with an interval, how many times the cost of the best one and of the limit that
is, and the strongest claims that the rounds support, ready to be pasted into a
claims file. It judges nothing: "ipckit check" does, of what is claimed.

Of each subject one object of shared memory and one that passes messages is
measured, as far as it has them; --of names others. Ctrl-C ends the rounds and
shows those that were done.

` + benchStatuses,
		Example: `  ipckit bench reference pipe unix-seqpacket     three that are built in
  ipckit bench ./mybuffer reference --of buffer.one-to-one
  ipckit bench ./mybuffer --save before.json     and, after a change:
  ipckit bench ./mybuffer --against before.json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("bench needs one SUBJECT or more, such as: ipckit bench reference pipe")
			}
			return nil
		},
		ValidArgsFunction: completeSeveral,
		RunE: func(c *cobra.Command, args []string) error {
			return bench(c.Context(), args, f)
		},
	}
	flags := c.Flags()
	flags.StringSliceVar(&f.of, "of", nil, "measure objects of these profiles: "+strings.Join(measured(), ", "))
	flags.DurationVar(&f.budget, "budget", benchBudget, "how long rounds go on, at most")
	flags.StringVar(&f.out, "out", "", "directory to write bench.html and pictures to")
	flags.StringVar(&f.save, "save", "", "file to save the rounds to")
	flags.StringVar(&f.against, "against", "", "file of an earlier bench to compare with, by ratios to the limits of each run")
	_ = c.RegisterFlagCompletionFunc("of", cobra.FixedCompletions(measured(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

const benchStatuses = `Exit status: 0 measured, 1 a subject did not do what it is measured for, 3 bad
usage, 130 interrupted; "ipckit help exit-status" has all.`

// measured lists the profiles whose objects a bench can measure, those of shared
// memory first.
func measured() []string {
	return []string{subject.ProfileOneToOne, subject.ProfileMany, subject.ProfileLink, subject.ProfileMailbox}
}

func bench(ctx context.Context, names []string, f benchFlags) error {
	if f.budget <= 0 {
		return usage("--budget %v: want a duration above 0, such as 2m", f.budget)
	}
	for _, of := range f.of {
		if !slices.Contains(measured(), of) {
			return usage("--of %s: want some of %s", of, strings.Join(measured(), ", "))
		}
	}
	var before *reports.Bench
	if f.against != "" {
		file, err := os.Open(f.against)
		if err != nil {
			return usage("--against: %w", err)
		}
		defer file.Close()
		if before, err = reports.ReadBench(file); err != nil {
			return usage("--against %s: %w", f.against, err)
		}
		if model := processorModel(); before.Processor != model {
			return usage("--against %s: it ran on %q, and this machine has %q: ratios to the limits of different processors say nothing about what changed", f.against, before.Processor, model)
		}
	}
	b := &benching{flags: f, rows: performance.Rows(), began: time.Now(), progress: term.IsTerminal(int(os.Stderr.Fd())) && os.Getenv("CI") == ""}
	defer b.close()
	if err := b.open(ctx, names); err != nil {
		return err
	}
	runErr := b.run(ctx)
	if runErr != nil && ctx.Err() == nil {
		return kitError(runErr)
	}
	if b.rounds == 0 && runErr != nil {
		return runErr
	}
	if runErr == nil {
		b.count(ctx)
		runErr = ctx.Err()
		b.stopped = runErr != nil
	}
	record := b.record()
	if err := reports.BenchTerminal(os.Stdout, record); err != nil {
		return err
	}
	if before != nil {
		fmt.Println()
		if err := reports.BenchDiff(os.Stdout, before, record); err != nil {
			return usage("--against %s: %w", f.against, err)
		}
	}
	if err := b.write(record); err != nil {
		return err
	}
	switch {
	case runErr != nil:
		return exitStatus{code: reports.ExitInterrupted}
	case b.fell():
		return exitStatus{code: reports.ExitFail}
	}
	return nil
}

// benching is a bench under way.
type benching struct {
	flags    benchFlags
	rows     []performance.Row
	targets  []*target
	entries  []*benchEntry
	left     []reports.Left
	rounds   int
	began    time.Time
	progress bool
	stopped  bool
	counts   []reports.Count
}

// benchEntry is one object of a contestant, or a limit of the machine.
type benchEntry struct {
	*measure.Entry
	name   string
	target *target // nil: a limit
	rows   []int   // of each figure
}

func (b *benching) close() {
	for _, t := range b.targets {
		_ = t.close()
	}
}

// open finds and builds the subjects, and says what is measured of each.
func (b *benching) open(ctx context.Context, names []string) error {
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return usage("%s is named twice", name)
		}
		t, err := openAlone(ctx, name)
		if err != nil {
			return err
		}
		b.targets = append(b.targets, t)
		before := len(b.entries)
		for _, of := range b.objects(t.claims) {
			b.add(t, name+" "+of, check.Contestant{Name: name, Claims: t.claims, Launcher: t.launcher}, of)
		}
		if len(b.entries) == before {
			return usage("%s has no object that can be measured: it claims %s, and bench measures %s",
				name, strings.Join(t.claims.Claimed(), ", "), strings.Join(b.wanted(), ", "))
		}
	}
	suite, err := suites.Suite()
	if err != nil {
		return kitError(err)
	}
	limits, err := suites.Limits(suite)
	if err != nil {
		return kitError(err)
	}
	for _, l := range limits {
		b.add(nil, l.Name, l, subject.ProfileOneToOne)
	}
	occupied := measure.Occupied(measure.Processors(2))
	if occupied == "" {
		return nil
	}
	b.entries = slices.DeleteFunc(b.entries, func(e *benchEntry) bool {
		if !e.Meter.Figures[0].Spins(e.Meter.Contestant.Claims) {
			return false
		}
		b.left = append(b.left, reports.Left{Name: e.name, Why: occupied})
		return true
	})
	return nil
}

func (b *benching) wanted() []string {
	if len(b.flags.of) > 0 {
		return b.flags.of
	}
	return measured()
}

// objects are the profiles of which a subject is measured: those asked for, or the
// first of each model.
func (b *benching) objects(c subject.Claims) (list []string) {
	claimed := c.Claimed()
	groups := [][]string{measured()[:2], measured()[2:]}
	if len(b.flags.of) > 0 {
		groups = nil
		for _, of := range b.flags.of {
			groups = append(groups, []string{of})
		}
	}
	for _, group := range groups {
		for _, of := range group {
			if slices.Contains(claimed, of) {
				list = append(list, of)
				break
			}
		}
	}
	return list
}

// add adds the figures of all rows that an object has.
func (b *benching) add(t *target, name string, c check.Contestant, of string) {
	e := &benchEntry{name: name, target: t, Entry: &measure.Entry{Meter: measure.Meter{Contestant: c}}}
	for i, row := range b.rows {
		least, most, _ := c.Claims.Messages(of)
		if int64(least) > row.Size || row.Size > int64(most) || t == nil && row.Limit != c.Name {
			continue
		}
		e.rows = append(e.rows, i)
		e.Meter.Figures = append(e.Meter.Figures, measure.Figure{What: row.What, Of: of, Size: row.Size})
	}
	if len(e.rows) > 0 {
		b.entries = append(b.entries, e)
	}
}

// run runs the rounds.
func (b *benching) run(ctx context.Context) (err error) {
	seed := rand.Uint64()
	m := measure.Bench{Processors: measure.Processors(2), Rand: rand.New(rand.NewPCG(seed, seed)), Budget: b.flags.budget, Watch: b.watch}
	for _, e := range b.entries {
		m.Entries = append(m.Entries, e.Entry)
	}
	b.rounds, err = m.Run(ctx)
	b.stopped = err != nil
	if b.progress {
		fmt.Fprint(os.Stderr, "\r\x1b[K")
	}
	for _, e := range b.entries {
		if e.Fell != nil {
			b.left = append(b.left, reports.Left{Name: e.name, Why: fmt.Sprintf("%s in round %d: %s", e.Fell.Verdict, len(e.Costs[0]), e.Fell.Message)})
		}
	}
	return err
}

// count counts, after the rounds, what needs none. What the host does not let be
// counted has no figure.
func (b *benching) count(ctx context.Context) {
	counts := performance.Counts()
	found := make([][]reports.Count, len(counts))
	for n, c := range counts {
		if b.progress {
			fmt.Fprintf(os.Stderr, "\r\x1b[Kcounting: %s", c.Title)
		}
		found[n] = make([]reports.Count, len(b.entries))
		var wait sync.WaitGroup
		for i, e := range b.entries {
			if e.target == nil || e.Fell != nil {
				continue
			}
			one := func() { found[n][i] = e.count(ctx, c) }
			if c.Waits {
				wait.Go(one)
			} else {
				one()
			}
		}
		wait.Wait()
	}
	for _, list := range found {
		b.counts = append(b.counts, slices.DeleteFunc(list, func(c reports.Count) bool { return c.Name == "" })...)
	}
	if b.progress {
		fmt.Fprint(os.Stderr, "\r\x1b[K")
	}
}

// count counts one figure of messages of 64 bytes, or of what is nearest to that.
func (e *benchEntry) count(ctx context.Context, c performance.Count) reports.Count {
	f := measure.Figure{What: measure.OneWay, Of: e.Meter.Figures[0].Of, Size: e.Meter.Figures[0].Size}
	for _, g := range e.Meter.Figures {
		if g.Size == 64 {
			f.Size = g.Size
		}
	}
	value, most, err := c.Of(ctx, e.Meter.Arena, e.Meter.Contestant, f)
	if err != nil {
		return reports.Count{}
	}
	x := reports.Count{Title: c.Title, Unit: c.Unit, Name: e.name, Value: value, Most: most}
	if most > 0 && !c.Waits { // what the blocked use depends on what else runs
		unit := math.Pow(10, math.Floor(math.Log10(most))-1)
		if up, err := strconv.ParseFloat(strconv.FormatFloat(math.Ceil(most/unit)*unit, 'g', 3, 64), 64); err == nil {
			x.Promise = subject.Performance{Requirement: c.Requirement, Of: f.Of, AtMost: up, Unit: c.Unit}.Line()
		}
	}
	return x
}

// watch shows, on a terminal, how far the rounds have come, and how sure it is so far
// that the first of the subjects is better than the second one in the first row.
func (b *benching) watch(rounds int, left time.Duration) {
	if !b.progress {
		return
	}
	line := fmt.Sprintf("%s, %v left", counted(rounds, "round"), left.Round(time.Second))
	if len(b.entries) > 1 && b.entries[0].rows[0] == b.entries[1].rows[0] {
		e := measure.Against(1, b.entries[0].Costs[0], b.entries[1].Costs[0])
		_, ratio, _ := e.Interval()
		pass, fail := e.EValues()
		line += fmt.Sprintf("; %s: %s %.3g times as good as %s, e-value %.3g", b.rows[b.entries[0].rows[0]].Title,
			b.entries[0].name, ratio, b.entries[1].name, max(pass, fail))
	}
	if width, _, err := term.GetSize(int(os.Stderr.Fd())); err == nil && len(line) >= width && width > 1 {
		line = line[:width-1]
	}
	fmt.Fprint(os.Stderr, "\r\x1b[K"+line)
}

func (b *benching) fell() bool {
	return slices.ContainsFunc(b.entries, func(e *benchEntry) bool { return e.Fell != nil })
}

// record is what was measured.
func (b *benching) record() *reports.Bench {
	header := run.Header(subject.Claims{}, "", strings.Join(os.Args, " "))
	r := &reports.Bench{
		Format: reports.BenchFormat, Kit: run.Version, Command: header.Command, Host: header.Host, Kernel: header.Kernel,
		Processor: processorModel(), CPUs: runtime.NumCPU(), Time: header.Time,
		Seconds: time.Since(b.began).Seconds(), Rounds: b.rounds, Interrupted: b.stopped, Left: b.left, Counts: b.counts,
	}
	for i, row := range b.rows {
		r.Rows = append(r.Rows, b.row(i, row))
	}
	return r
}

// row compares all that have a figure.
func (b *benching) row(i int, row performance.Row) reports.Row {
	r := reports.Row{Title: row.Title, Size: row.Size, Trip: row.What == measure.RoundTrip}
	var having []*benchEntry
	var limit, best *benchEntry
	least := 0.0 // cost of the best
	for _, e := range b.entries {
		_, cost, _ := measure.Absolute(e.costs(i))
		switch {
		case cost == 0:
		case e.target == nil:
			limit = e
		default:
			having = append(having, e)
			if best == nil || cost < least {
				best, least = e, cost
			}
		}
	}
	for _, e := range having {
		c := cellOf(e.name, e.costs(i))
		if e != best {
			c.OfBest = times(e.costs(i), best.costs(i))
		}
		if limit != nil {
			c.OfLimit = times(e.costs(i), limit.costs(i))
			c.Promise = append(c.Promise, b.promise(row, i, e, limit)...)
		}
		for _, other := range having {
			if other.target != e.target {
				c.Promise = append(c.Promise, b.promise(row, i, e, other)...)
			}
		}
		r.Cells = append(r.Cells, c)
	}
	if limit != nil {
		c := cellOf(limit.name, limit.costs(i))
		r.Limit = &c
	}
	return r
}

// costs of the entry in a row, by round; nil where it has none.
func (e *benchEntry) costs(row int) []float64 {
	if at := slices.Index(e.rows, row); at >= 0 {
		return e.Costs[at]
	}
	return nil
}

func cellOf(name string, costs []float64) reports.Cell {
	c := reports.Cell{Name: name, Costs: slices.Clone(costs)}
	for i, v := range c.Costs {
		if !(v > 0) {
			c.Costs[i] = 0
		}
	}
	c.Low, c.Cost, c.High = measure.Absolute(costs)
	return c
}

// times is how many times the cost of another a cost is.
func times(costs, other []float64) *reports.Times {
	low, ratio, high := measure.Against(1, other, costs).Interval()
	if ratio == 0 {
		return nil
	}
	return &reports.Times{Ratio: ratio, Low: low, High: high}
}

// promise is the strongest claim against another that the rounds support, as a line
// of a claims file.
func (b *benching) promise(row performance.Row, i int, e, other *benchEntry) []string {
	supports := measure.Against(1, e.costs(i), other.costs(i)).Supports()
	if supports == 0 {
		return nil
	}
	against := other.name
	if other.target != nil {
		if against = other.target.name; other.target.path != "" {
			against = relative(e.target.path, other.target.path)
		}
	}
	p := subject.Performance{
		Requirement: row.Requirement, Of: e.Meter.Figures[0].Of, Size: subject.Size(row.Size), AtLeast: supports, Against: against,
	}
	return []string{p.Line()}
}

// relative is the path of a subject as a claims file in a directory names it.
func relative(from, to string) string {
	from, err := filepath.Abs(from)
	if err == nil {
		to, err = filepath.Abs(to)
	}
	path, relErr := filepath.Rel(from, to)
	if err = errors.Join(err, relErr); err != nil {
		return to
	}
	if !strings.HasPrefix(path, ".") {
		path = "./" + path
	}
	return path
}

// write writes the files that were asked for.
func (b *benching) write(r *reports.Bench) error {
	if b.flags.save != "" {
		file, err := os.Create(b.flags.save)
		if err != nil {
			return usage("--save: %w", err)
		}
		if err := errors.Join(r.Save(file), file.Close()); err != nil {
			return usage("--save: %w", err)
		}
	}
	if b.flags.out == "" {
		return nil
	}
	if err := os.MkdirAll(b.flags.out, 0o777); err != nil {
		return usage("--out: %w", err)
	}
	page := filepath.Join(b.flags.out, "bench.html")
	var text bytes.Buffer
	if err := reports.BenchHTML(&text, r); err != nil {
		return kitError(err)
	}
	if err := os.WriteFile(page, text.Bytes(), 0o666); err != nil {
		return unwritten(err)
	}
	for _, p := range r.Pictures() {
		if err := os.WriteFile(filepath.Join(b.flags.out, p.Name), []byte(p.SVG), 0o666); err != nil {
			return unwritten(err)
		}
	}
	if page, err := filepath.Abs(page); err == nil {
		fmt.Printf("\nfile://%s\n", page)
	}
	return nil
}

// processorModel is what the kernel calls the processor.
func processorModel() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && slices.Contains([]string{"model name", "CPU part", "cpu model"}, strings.TrimSpace(key)) {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}
