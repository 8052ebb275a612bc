package reports

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
)

//go:embed html.tmpl
var pageText string

//go:embed html.css
var pageStyle string

//go:embed html.js
var pageScript string

// pageTemplate is parsed when a page is made, which is once in a run.
func pageTemplate() (*template.Template, error) {
	return template.New("page").Parse(pageText)
}

// maxSVG is the largest picture that is shown; a larger one is no picture.
const maxSVG = 1 << 20

// HTML writes the record as one page that needs nothing else: no network, no
// script (what there is of it only adds comfort), light or dark as the reader
// has it, and fit to be printed. A content security policy sees to it that
// nothing in the record can fetch or run anything.
func HTML(w io.Writer, r *Record) error {
	t, err := pageTemplate()
	if err != nil {
		return fmt.Errorf("page template: %w", err)
	}
	return t.Execute(w, newPage(r))
}

// policy allows this page's own style and script, and pictures that are in it.
func policy() string {
	sum := sha256.Sum256([]byte(pageScript))
	return "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
}

// svgImage makes an address that shows a picture as an image: there, it can
// neither run scripts nor fetch anything.
func svgImage(svg string) template.URL {
	if svg == "" || len(svg) > maxSVG {
		return ""
	}
	return template.URL("data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(svg)))
}
