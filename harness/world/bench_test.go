package world

import (
	"context"
	"testing"
	"time"
)

// BenchmarkLife is the life of a world with one process: how long it takes to make
// the world, to start the process and await its end, to look for leftovers, and to
// end the world.
func BenchmarkLife(b *testing.B) {
	for name, o := range map[string]Options{"one host": {}, "two hosts": {TwoHosts: true}, "limits": {Limits: Limits{OpenFiles: 1024}}} {
		b.Run(name, func(b *testing.B) {
			var made, ran, looked, closed time.Duration
			ctx := context.Background()
			for b.Loop() {
				began := time.Now()
				lap := func(sum *time.Duration) {
					*sum += time.Since(began)
					began = time.Now()
				}
				w, err := New(ctx, o)
				if err != nil {
					b.Fatal(err)
				}
				lap(&made)
				p, err := w.Start(ctx, Command{Path: "/bin/true"})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := p.Wait(ctx); err != nil {
					b.Fatal(err)
				}
				lap(&ran)
				w.Leftovers(ctx)
				lap(&looked)
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
				lap(&closed)
			}
			for unit, sum := range map[string]time.Duration{"ms/make": made, "ms/run": ran, "ms/look": looked, "ms/close": closed} {
				b.ReportMetric(sum.Seconds()*1000/float64(b.N), unit)
			}
		})
	}
}
