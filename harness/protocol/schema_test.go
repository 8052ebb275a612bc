package protocol_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/protocol/protocoltest"
	"github.com/ipckit/ipckit/harness/subject"
)

func TestSchemaHasTheFieldsOfTheTypes(t *testing.T) {
	s := protocoltest.Load(t)
	for definition, fields := range map[string][]string{"request": protocol.RequestFields, "reply": protocol.ReplyFields} {
		properties := s.At("$defs", definition, "properties").(map[string]any)
		described := slices.Sorted(maps.Keys(properties))
		if fields := slices.Sorted(slices.Values(fields)); !slices.Equal(described, fields) {
			t.Errorf("%s: the schema has\n%q\nthe type has\n%q", definition, described, fields)
		}
		for name, p := range properties {
			p := p.(map[string]any)
			if p["description"] == nil && p["$ref"] == nil {
				t.Errorf("%s: field %q has no description", definition, name)
			}
		}
	}
}

func TestSchemaHasTheKindsAndOperations(t *testing.T) {
	s := protocoltest.Load(t)
	var kinds []subject.Kind
	for _, k := range s.At("$defs", "kind", "enum").([]any) {
		kinds = append(kinds, subject.Kind(k.(string)))
	}
	if !slices.Equal(kinds, subject.Kinds) {
		t.Errorf("kinds: the schema has\n%q\nthe contract has\n%q", kinds, subject.Kinds)
	}
	var operations []string
	for _, o := range s.At("$defs", "operation", "anyOf").([]any) {
		if name, ok := o.(map[string]any)["const"]; ok {
			operations = append(operations, name.(string))
		}
	}
	var roles []string
	for _, r := range s.At("$defs", "role", "anyOf").([]any) {
		roles = append(roles, r.(map[string]any)["const"].(string))
	}
	if !slices.Equal(roles, protocol.Roles) {
		t.Errorf("roles: the schema has\n%q\nthe package has\n%q", roles, protocol.Roles)
	}
	if !slices.Equal(operations, protocol.Operations) {
		t.Errorf("operations: the schema has\n%q\nthe package has\n%q", operations, protocol.Operations)
	}
}

// The kit is as strict as the schema, and says what is wrong.
func TestRepliesAreReadAsTheSchemaSays(t *testing.T) {
	s := protocoltest.Load(t)
	for line, good := range map[string]bool{
		`{"id":1,"ok":true}`:                             true,
		`{"id":1,"ok":false,"error":"full"}`:             true,
		`{"id":1,"error":"full","text":"8 of 8"}`:        true,
		`{"id":1,"unsupported":"region.open"}`:           true,
		`{"id":1,"ok":true,"data":""}`:                   true,
		`{"id":1,"ok":true,"data":"AAECAw=="}`:           true,
		`{"id":1,"error":"closed","done":3,"wrong":0}`:   true,
		`{"id":1,"ok":true,"hash":"cbf29ce484222325"}`:   true,
		`{"id":1,"ok":true,"state":"idle","finished":3}`: true,
		`{"id":1,"ok":true,"protocol":0,"thread":12}`:    true,
		`{"id":1,"ok":true,"value":0,"swapped":true}`:    true,
		`{"id":1,"ok":true,"value":-1}`:                  false,
		`{"id":1,"ok":true,"done":1,"refused":-1}`:       false,

		`[]`:                                   false,
		`null`:                                 false,
		`7`:                                    false,
		`{}`:                                   false,
		`{"id":1}`:                             false,
		`{"ok":true}`:                          false,
		`{"id":0,"ok":true}`:                   false,
		`{"id":-1,"ok":true}`:                  false,
		`{"id":"1","ok":true}`:                 false,
		`{"id":1,"ok":1}`:                      false,
		`{"id":1,"ok":false}`:                  false,
		`{"id":1,"ok":true,"error":"full"}`:    false,
		`{"id":1,"error":"full","ok":true}`:    false,
		`{"id":1,"error":"EAGAIN"}`:            false,
		`{"id":1,"error":""}`:                  false,
		`{"id":1,"error":null,"ok":true}`:      false,
		`{"id":1,"unsupported":""}`:            false,
		`{"id":1,"ok":true,"OK":true}`:         false,
		`{"id":1,"ok":true,"eror":"full"}`:     false,
		`{"id":1,"ok":true,"data":"AAE"}`:      false,
		`{"id":1,"ok":true,"data":[0,1]}`:      false,
		`{"id":1,"ok":true,"size":-1}`:         false,
		`{"id":1,"ok":true,"size":"8"}`:        false,
		`{"id":1,"ok":true,"hash":"CBF2"}`:     false,
		`{"id":1,"ok":true,"state":"asleep"}`:  false,
		`{"id":1,"ok":true,"thread":0}`:        false,
		`{"id":1,"ok":true,"text":{"a":"b"}}`:  false,
		`{"id":1,"ok":true,"protocol":"zero"}`: false,
	} {
		if err := s.Reply(line); (err == nil) != good {
			t.Errorf("schema: %s: %v", line, err)
		}
		_, v := protocol.ParseReply([]byte(line))
		if (v == nil) != good {
			t.Errorf("kit: %s: %v", line, v)
		}
		if v != nil && v.Hint == "" {
			t.Errorf("kit: %s: no hint", line)
		}
	}
}

func TestSchemaRefusesIncompleteRequests(t *testing.T) {
	s := protocoltest.Load(t)
	for line, good := range map[string]bool{
		`{"id":1,"op":"status"}`:                                                                                                              true,
		`{"id":1,"op":"later.operation","object":"x"}`:                                                                                        true,
		`{"id":1,"op":"buffer.put","object":"b","data":"","wait":"never"}`:                                                                    true,
		`{"id":1,"op":"buffer.put","object":"b","size":8,"seed":1,"wait":250}`:                                                                true,
		`{"id":1,"op":"region.create","object":"r","name":"/x","size":-1}`:                                                                    true,
		`{"id":1,"op":"region.create","object":"r","name":"/x"}`:                                                                              false,
		`{"id":1,"op":"region.create","name":"/x","size":1}`:                                                                                  false,
		`{"id":1,"op":"region.unlink"}`:                                                                                                       false,
		`{"id":1,"op":"buffer.put","object":"b"}`:                                                                                             false,
		`{"id":1,"op":"buffer.put","object":"b","data":"","seed":1,"size":1}`:                                                                 false,
		`{"id":1,"op":"buffer.put","object":"b","data":"","wait":0}`:                                                                          false,
		`{"id":1,"op":"buffer.put","object":"b","data":"","wait":"long"}`:                                                                     false,
		`{"id":1,"op":"buffer.create","object":"b","name":"/x","capacity":1}`:                                                                 false,
		`{"id":1,"op":"workload","object":"b","role":"put","count":1}`:                                                                        false,
		`{"id":1,"op":"workload","object":"l","role":"lock","count":1,"scratch":"s","index":0}`:                                               true,
		`{"id":1,"op":"workload","object":"l","role":"lock","count":1,"scratch":"s"}`:                                                         false,
		`{"id":1,"op":"workload","object":"l","role":"dance","count":1,"scratch":"s","index":0}`:                                              false,
		`{"id":1,"op":"workload","object":"a","back":"b","role":"ping","count":9,"batch":3,"samples":"s","size_min":8,"size_max":8,"seed":1}`: true,
		`{"id":1,"op":"workload","object":"a","role":"drain","count":9,"warm":3,"batch":3}`:                                                   false,
		`{"id":1,"op":"workload","object":"a","role":"paced","count":9,"size_min":16,"size_max":16,"seed":1}`:                                 false,
		`{"id":1,"op":"workload","object":"l","role":"take","count":9}`:                                                                       false,
		`{"id":1,"op":"workload","object":"a","role":"ping","count":9,"batch":0}`:                                                             false,
		`{"id":1,"op":"word.cas","object":"r","offset":8,"expected":0,"value":18446744073709551615}`:                                          true,
		`{"id":1,"op":"word.cas","object":"r","offset":8,"value":1}`:                                                                          false,
		`{"id":1,"op":"word.load","object":"r"}`:                                                                                              false,
		`{"id":1,"op":"lock.acquire","object":"l","wait":"never"}`:                                                                            true,
		`{"id":1,"op":"lock.acquire"}`:                                                                                                        false,
		`{"id":1,"op":"semaphore.create","object":"s","name":"/s","initial":0,"maximum":8}`:                                                   true,
		`{"id":1,"op":"semaphore.create","object":"s","name":"/s","initial":0}`:                                                               false,
		`{"id":1,"op":"snapshot.publish","object":"s"}`:                                                                                       false,
		`{"id":1,"op":"hello"}`:                 false,
		`{"op":"status"}`:                       false,
		`{"id":1,"op":"status","colour":"red"}`: false,
		`{"id":1,"op":"region.read","object":"r","offset":0,"size":8,"digest":"yes"}`: false,
	} {
		if err := s.Request(line); (err == nil) != good {
			t.Errorf("%s: %v", line, err)
		}
	}
}
