package program

import "slices"

// A Difference describes how the consumed items differ from the produced ones.
type Difference struct {
	Missing []string // produced and never consumed, in the order of production
	Extra   []string // consumed more often than produced, in the order of consumption
	Twice   []string // those of Extra that were produced at all

	// Misplaced is the index, from 0, at which the order first differs, among the
	// items that were both produced and consumed; -1 where it does not differ.
	Misplaced   int
	Want, Found string // at that index
}

// Same reports whether the consumed items are the produced ones, in any order.
func (d Difference) Same() bool { return len(d.Missing)+len(d.Extra) == 0 }

// Tail counts how many of the missing items are the last ones produced, without
// a gap.
func (d Difference) Tail(produced []Item) int {
	n := 0
	for n < len(d.Missing) && n < len(produced) &&
		d.Missing[len(d.Missing)-1-n] == produced[len(produced)-1-n].Text {
		n++
	}
	return n
}

// Compare compares the items as multisets, since items may be equal, and the
// order in which one consumer printed the items of one producer. The order of
// lines of different processes is never compared: it says nothing about the order
// of events.
func Compare(produced, consumed []Item) Difference {
	count := map[string]int{}
	for _, item := range produced {
		count[item.Text]++
	}
	made := map[string]bool{}
	for text := range count {
		made[text] = true
	}
	d := Difference{Misplaced: -1}
	var arrived []string
	for _, item := range consumed {
		if count[item.Text] > 0 {
			count[item.Text]--
			arrived = append(arrived, item.Text)
			continue
		}
		d.Extra = append(d.Extra, item.Text)
		if made[item.Text] {
			d.Twice = append(d.Twice, item.Text)
		}
	}
	// What is left in count is missing; of equal items, the last ones.
	for _, item := range slices.Backward(produced) {
		if count[item.Text] > 0 {
			count[item.Text]--
			d.Missing = append(d.Missing, item.Text)
		}
	}
	slices.Reverse(d.Missing)
	d.place(produced, arrived)
	return d
}

// Difference compares the items of the run. Where the kit ended the producer, what
// it had under way may be missing, or may have been consumed and not yet printed as
// produced; the items that were asked for must all have arrived.
func (o *Observation) Difference() Difference {
	d := Compare(o.Produced, o.judged())
	if !o.Cut {
		return d
	}
	asked := map[string]bool{}
	for _, item := range o.Produced[:min(o.Scenario.Items, len(o.Produced))] {
		asked[item.Text] = true
	}
	d.Missing = slices.DeleteFunc(d.Missing, func(text string) bool { return !asked[text] })
	return d
}

// DifferenceByProducer is [CompareByProducer] of the run.
func (o *Observation) DifferenceByProducer() (d Difference, shown bool) {
	return CompareByProducer(o.Produced, o.judged())
}

// judged are the consumed items without those at the end, of a run that was cut,
// that no producer came to print.
func (o *Observation) judged() []Item {
	consumed := o.Consumed
	if !o.Cut {
		return consumed
	}
	printed := map[string]bool{}
	for _, item := range o.Produced {
		printed[item.Text] = true
	}
	for len(consumed) > 0 && !printed[consumed[len(consumed)-1].Text] {
		consumed = consumed[:len(consumed)-1]
	}
	return consumed
}

// place finds the first item that is out of order, by comparing the items that
// arrived with the produced ones without those that are missing.
func (d *Difference) place(produced []Item, arrived []string) {
	missing := map[string]int{}
	for _, text := range d.Missing {
		missing[text]++
	}
	var sent []string
	for _, item := range slices.Backward(produced) {
		if missing[item.Text] > 0 {
			missing[item.Text]--
			continue
		}
		sent = append(sent, item.Text)
	}
	slices.Reverse(sent)
	for i := range min(len(sent), len(arrived)) {
		if sent[i] != arrived[i] {
			d.Misplaced, d.Want, d.Found = i, sent[i], arrived[i]
			return
		}
	}
}
