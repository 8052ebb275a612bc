package reference

func (r region) Load(offset int64) (uint64, error) {
	w, err := r.Word(offset)
	if err != nil {
		return 0, translate(err)
	}
	return w.Load(), nil
}

func (r region) Store(offset int64, value uint64) error {
	w, err := r.Word(offset)
	if err != nil {
		return translate(err)
	}
	w.Store(value)
	return nil
}

func (r region) Add(offset int64, delta uint64) (uint64, error) {
	w, err := r.Word(offset)
	if err != nil {
		return 0, translate(err)
	}
	return w.Add(delta) - delta, nil
}

// CompareAndSwap returns what the word held: a load that found another value
// than old, or the swap. After losing a race in between it tries again.
func (r region) CompareAndSwap(offset int64, old, value uint64) (held uint64, swapped bool, err error) {
	w, err := r.Word(offset)
	if err != nil {
		return 0, false, translate(err)
	}
	for {
		if held := w.Load(); held != old {
			return held, false, nil
		}
		if w.CompareAndSwap(old, value) {
			return old, true, nil
		}
	}
}
