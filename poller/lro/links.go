package lro

// remember keeps the URLs that a reply names ahead of their time: where the operation can be called
// off, and where its result will lie.
func (op *Operation) remember(got Reading) {
	op.CancelURL = op.ahead(op.CancelURL, got.CancelURL)
	if !got.State.Terminal() {
		op.PromisedURL = op.ahead(op.PromisedURL, got.ResultURL)
	}
}

// ahead returns the URL that ref stands for, and the one that we had if it stands for none that may
// be followed: nothing depends on it yet (a Location that is no URL beside an Azure-AsyncOperation
// that is one: Azure/azure-sdk-for-java #18442).
func (op *Operation) ahead(had, ref string) string {
	if ref == "" || ref == had {
		return had
	}
	target, err := Resolve(op.Next.URL, ref)
	if err != nil {
		return had
	}
	return target
}
