module github.com/asyncctl/asyncctl/interop

go 1.26.0
