package subject

func (k *checker) link(l *LinkProfile) {
	if l == nil {
		return
	}
	in := within(ProfileLink)
	k.item(in, l.Item)
	k.word(in("framing"), l.Framing, FramingMessages, FramingStream)
	k.word(in("waiting"), l.Waiting, "sleep", "spin")
	if least, _ := l.Item.Bounds(); l.Framing == FramingStream && least == 0 && l.Item.Max > 0 {
		k.bad(in("item"), "a stream has no items of 0 bytes: say min: 1")
	}
	if l.Buffering < 0 {
		k.bad(in("buffering"), "want a number of bytes, 0 or more")
	}
}
