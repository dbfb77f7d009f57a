package report
import "io"
func (v View) HTML(w io.Writer) error { return nil }
