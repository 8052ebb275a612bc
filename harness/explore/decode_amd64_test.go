package explore

import "testing"

func TestDecode(t *testing.T) {
	for _, x := range []struct {
		name string
		code []byte
		want instruction
	}{
		{"mov rax, [rbx]", []byte{0x48, 0x8b, 0x03}, instruction{Load, 8, false}},
		{"mov [rbx], eax", []byte{0x89, 0x03}, instruction{Store, 4, false}},
		{"mov byte [rbx], 1", []byte{0xc6, 0x03, 0x01}, instruction{Store, 1, false}},
		{"movzx eax, byte [rbx]", []byte{0x0f, 0xb6, 0x03}, instruction{Load, 1, false}},
		{"inc qword [rax]", []byte{0x48, 0xff, 0x00}, instruction{Update, 8, false}},
		{"add [rax], ecx", []byte{0x01, 0x08}, instruction{Update, 4, false}},
		{"cmp dword [rax], 4", []byte{0x83, 0x38, 0x04}, instruction{Load, 4, false}},
		{"lock cmpxchg [rdx], ecx", []byte{0xf0, 0x0f, 0xb1, 0x0a}, instruction{Locked, 4, false}},
		{"lock xadd [rdx], rcx", []byte{0xf0, 0x48, 0x0f, 0xc1, 0x0a}, instruction{Locked, 8, false}},
		{"xchg [rdx], eax", []byte{0x87, 0x02}, instruction{Locked, 4, false}},
		{"rep movsb", []byte{0xf3, 0xa4}, instruction{Access, 1, true}},
		{"movups [rdi], xmm0", []byte{0x0f, 0x11, 0x07}, instruction{Store, 16, false}},
		{"vmovdqu ymm0, [rsi]", []byte{0xc5, 0xfe, 0x6f, 0x06}, instruction{Load, 32, false}},
		{"vmovdqu [rdi], ymm0", []byte{0xc5, 0xfe, 0x7f, 0x07}, instruction{Store, 32, false}},
	} {
		code := make([]byte, 15)
		copy(code, x.code)
		if got := decode(code); got != x.want {
			t.Errorf("%s: %+v, want %+v", x.name, got, x.want)
		}
	}
}
