package subject

import _ "embed"

// Schema is the claims file as a JSON Schema (2020-12), by which editors complete
// keys and mark mistakes. [ReadClaims] and [Claims.Check] know more.
//
//go:embed claims.schema.json
var Schema []byte
