package explore

import "testing"

func TestOrder(t *testing.T) {
	for _, x := range []struct {
		name string
		code []byte
		want order
	}{
		{"mov [rbx], eax", []byte{0x89, 0x03}, order{stores: true}},
		{"mov byte [rbx], 1", []byte{0xc6, 0x03, 0x01}, order{stores: true}},
		{"mov rax, [rbx]", []byte{0x48, 0x8b, 0x03}, order{loads: true}},
		{"cmp dword [rax], 4", []byte{0x83, 0x38, 0x04}, order{loads: true}},
		{"add [rax], ecx", []byte{0x01, 0x08}, order{loads: true, stores: true}},
		{"mov rax, rbx", []byte{0x48, 0x89, 0xd8}, order{}},
		{"xchg rax, rbx", []byte{0x48, 0x87, 0xc3}, order{}},
		{"xchg [rdx], eax", []byte{0x87, 0x02}, order{fence: true}},
		{"lock or [rsp], 0", []byte{0xf0, 0x48, 0x83, 0x0c, 0x24, 0x00}, order{fence: true}},
		{"lock cmpxchg [rdx], ecx", []byte{0xf0, 0x0f, 0xb1, 0x0a}, order{fence: true}},
		{"mfence", []byte{0x0f, 0xae, 0xf0}, order{fence: true}},
		{"lfence", []byte{0x0f, 0xae, 0xe8}, order{}},
		{"sfence", []byte{0x0f, 0xae, 0xf8}, order{}},
		{"pause", []byte{0xf3, 0x90}, order{}},
		{"nop dword [rax]", []byte{0x0f, 0x1f, 0x00}, order{}},
		{"cpuid", []byte{0x0f, 0xa2}, order{fence: true}},
		{"syscall", []byte{0x0f, 0x05}, order{calls: true}},
		{"int 0x80", []byte{0xcd, 0x80}, order{calls: true}},
		{"endbr64", []byte{0xf3, 0x0f, 0x1e, 0xfa}, order{}},
		{"vmovdqu ymm0, [rsi]", []byte{0xc5, 0xfe, 0x6f, 0x06}, order{loads: true}},
		{"vmovdqu [rdi], ymm0", []byte{0xc5, 0xfe, 0x7f, 0x07}, order{}},
		{"vpxor ymm0, ymm0, ymm0", []byte{0xc5, 0xfd, 0xef, 0xc0}, order{}},
		{"movups [rdi], xmm0", []byte{0x0f, 0x11, 0x07}, order{stores: true}},
		{"movnti [rdi], eax", []byte{0x0f, 0xc3, 0x07}, order{}},
		{"rep movsb", []byte{0xf3, 0xa4}, order{}},
		{"fxsave [rax]", []byte{0x0f, 0xae, 0x00}, order{}},
		{"serialize", []byte{0x0f, 0x01, 0xe8}, order{fence: true}},
	} {
		code := make([]byte, 15)
		copy(code, x.code)
		if got := orderOf(code); got != x.want {
			t.Errorf("%s: %+v, want %+v", x.name, got, x.want)
		}
	}
}
