package explore

import "golang.org/x/arch/x86/x86asm"

// decode says what an instruction that touched shared memory does to it.
func decode(code []byte) instruction {
	inst, err := x86asm.Decode(code, 64)
	if err != nil {
		return decodeVector(code)
	}
	in := instruction{size: inst.MemBytes, kind: Load}
	if in.size == 0 {
		in.size = inst.DataSize / 8
	}
	element := stringSizes[inst.Op]
	if element > 0 {
		in.size = element
	}
	locked := inst.Op == x86asm.XCHG // with memory it always is
	for _, p := range inst.Prefix {
		switch p &^ (x86asm.PrefixImplicit | x86asm.PrefixIgnored | x86asm.PrefixInvalid) {
		case x86asm.PrefixLOCK:
			locked = true
		case x86asm.PrefixREP, x86asm.PrefixREPN:
			in.repeats = element > 0
		}
	}
	_, first := inst.Args[0].(x86asm.Mem)
	switch {
	case locked:
		in.kind = Locked
	case element > 0:
		in.kind = Access // its operands may both be shared
	case first && onlyReads(inst.Op):
	case first && onlyWrites(inst.Op):
		in.kind = Store
	case first:
		in.kind = Update
	}
	return in
}

// stringSizes are the bytes of an element of each string instruction.
var stringSizes = map[x86asm.Op]int{
	x86asm.MOVSB: 1, x86asm.STOSB: 1, x86asm.LODSB: 1, x86asm.CMPSB: 1, x86asm.SCASB: 1,
	x86asm.MOVSW: 2, x86asm.STOSW: 2, x86asm.LODSW: 2, x86asm.CMPSW: 2, x86asm.SCASW: 2,
	x86asm.MOVSD: 4, x86asm.STOSD: 4, x86asm.LODSD: 4, x86asm.CMPSD: 4, x86asm.SCASD: 4,
	x86asm.MOVSQ: 8, x86asm.STOSQ: 8, x86asm.LODSQ: 8, x86asm.CMPSQ: 8, x86asm.SCASQ: 8,
}

func onlyReads(op x86asm.Op) bool {
	switch op {
	case x86asm.CMP, x86asm.TEST, x86asm.BT, x86asm.PUSH, x86asm.CALL, x86asm.JMP, x86asm.MUL, x86asm.DIV, x86asm.IDIV,
		x86asm.FLD, x86asm.FILD, x86asm.IMUL:
		return true
	}
	return false
}

func onlyWrites(op x86asm.Op) bool {
	switch op {
	case x86asm.MOV, x86asm.VMOVDQA, x86asm.VMOVDQU, x86asm.VMOVNTDQ, x86asm.MOVNTI, x86asm.MOVNTDQ, x86asm.MOVNTPS, x86asm.MOVNTPD, x86asm.MOVAPS, x86asm.MOVAPD, x86asm.MOVUPS,
		x86asm.MOVUPD, x86asm.MOVDQA, x86asm.MOVDQU, x86asm.MOVQ, x86asm.MOVD, x86asm.MOVSS, x86asm.MOVSD_XMM, x86asm.MOVLPS,
		x86asm.MOVHPS, x86asm.MOVLPD, x86asm.MOVHPD, x86asm.POP, x86asm.FSTP, x86asm.FST, x86asm.FISTP, x86asm.FXSAVE,
		x86asm.SETA, x86asm.SETAE, x86asm.SETB, x86asm.SETBE, x86asm.SETE, x86asm.SETG, x86asm.SETGE, x86asm.SETL, x86asm.SETLE,
		x86asm.SETNE, x86asm.SETNO, x86asm.SETNP, x86asm.SETNS, x86asm.SETO, x86asm.SETP, x86asm.SETS:
		return true
	}
	return false
}

// decodeVector knows the moves of AVX, which x86asm does not: libraries copy
// with them.
func decodeVector(code []byte) instruction {
	in := instruction{size: 64, kind: Access}
	for len(code) > 0 && (code[0] == 0x66 || code[0] == 0xF2 || code[0] == 0xF3 || code[0]&0xF0 == 0x40) {
		code = code[1:]
	}
	var op byte
	switch {
	case len(code) < 6:
		return in
	case code[0] == 0xC5: // VEX, two bytes
		in.size, op = 16<<(code[1]>>2&1), code[2]
	case code[0] == 0xC4: // VEX, three bytes
		in.size, op = 16<<(code[2]>>2&1), code[3]
	case code[0] == 0x62: // EVEX
		in.size, op = 16<<(code[3]>>5&3), code[4]
	default:
		return in
	}
	switch op {
	case 0x10, 0x28, 0x6F, 0x6E:
		in.kind = Load
	case 0x11, 0x29, 0x7F, 0x7E, 0xD6, 0xE7, 0x2B:
		in.kind = Store
	}
	if op == 0x6E || op == 0x7E || op == 0xD6 {
		in.size = 8
	}
	return in
}
