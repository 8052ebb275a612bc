package explore

import (
	"slices"

	"golang.org/x/arch/x86/x86asm"
)

// orderOf says what an instruction means to the store buffer of its processor,
// after Owens, Sarkar, Sewell, A Better x86 Memory Model: x86-TSO (TPHOLs 2009).
// What is not known counts as a fence, which hides faults and invents none.
func orderOf(code []byte) order {
	inst, err := x86asm.Decode(code, 64)
	if err != nil {
		return order{fence: !slices.ContainsFunc(orderless, func(known func([]byte) bool) bool { return known(code) })}
	}
	switch {
	case inst.Op == x86asm.SYSCALL, inst.Op == x86asm.SYSENTER, inst.Op == x86asm.INT:
		return order{calls: true}
	case slices.Contains(fences, inst.Op):
		return order{fence: true}
	}
	memory := -1
	for i, a := range inst.Args {
		if _, ok := a.(x86asm.Mem); ok {
			memory = i
			break
		}
	}
	if memory < 0 {
		return order{}
	}
	in := decode(code)
	o := order{fence: in.kind == Locked, loads: in.kind == Load}
	switch in.size {
	case 1, 2, 4, 8, 16:
		o.loads = o.loads || in.kind == Update && slices.Contains(updates, inst.Op)
		o.stores = o.loads && in.kind == Update || in.kind == Store && stores(inst.Op)
	}
	return o
}

// orderless are instructions that x86asm does not know and that are no fences:
// those with a prefix VEX or EVEX, which in 64 bits are nothing else, and ENDBR64.
var orderless = []func(code []byte) bool{
	func(code []byte) bool { return code[0] == 0xC4 || code[0] == 0xC5 || code[0] == 0x62 },
	func(code []byte) bool { return slices.Equal(code[:4], []byte{0xF3, 0x0F, 0x1E, 0xFA}) },
}

// fences are the instructions that wait until the store buffer is empty, beside
// the locked ones: also those that serialise, or enter the kernel.
var fences = []x86asm.Op{
	x86asm.MFENCE, x86asm.CPUID, x86asm.IRET, x86asm.IRETD, x86asm.IRETQ,
	x86asm.INTO, x86asm.UD1, x86asm.UD2, x86asm.HLT, x86asm.RSM,
}

// updates are the instructions that read one operand in memory and write it.
var updates = []x86asm.Op{
	x86asm.ADD, x86asm.ADC, x86asm.SUB, x86asm.SBB, x86asm.AND, x86asm.OR, x86asm.XOR, x86asm.INC, x86asm.DEC,
	x86asm.NEG, x86asm.NOT, x86asm.SHL, x86asm.SHR, x86asm.SAR, x86asm.ROL, x86asm.ROR,
}

// stores reports whether an instruction that only writes does so through the
// store buffer, in order: those past the cache do not.
func stores(op x86asm.Op) bool {
	switch op {
	case x86asm.VMOVNTDQ, x86asm.MOVNTI, x86asm.MOVNTDQ, x86asm.MOVNTPS, x86asm.MOVNTPD, x86asm.FXSAVE, x86asm.VMOVDQA, x86asm.VMOVDQU:
		return false
	}
	return true
}
