package linear

func (w *Witness) Text() string { return w.Reason }
