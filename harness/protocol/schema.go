package protocol

import _ "embed"

// Schema is the protocol as a JSON Schema (2020-12): #/$defs/request describes
// a command line, #/$defs/reply an answer. It is normative; the types of this
// package follow it.
//
//go:embed protocol.schema.json
var Schema []byte
