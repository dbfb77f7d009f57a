package lro

import "strings"

// vocabulary holds the words that servers use for states, folded as [Word] does. The sources of each
// word are in docs/reference/vocabulary.md.
var vocabulary = indexWords()

// words lists the vocabulary by meaning.
var words = [...]struct {
	means word
	words string
}{
	{word{class: goesOn, state: StatePending}, `pending queued inqueue enqueued requeued accepted notstarted notrunning blocked scheduled
		 validating validatingfiles submitted uploadcomplete initialized initializing initialising initiated
		starting startingup unknown waiting awaiting requested prerunning preparing queueing queuing pendingapproval
		delayed deferred readytostart runnable throttled preprocessing`},
	{word{class: goesOn, state: StateRunning}, `running inprogress inprocess inexecution processing executing provisioning updating deleting creating
		finalizing finalising parsing continuedasnew building stopping uploading started working ongoing underway
		generating rendering retrying restarting rebooting resuming pausing suspending terminating aborting exporting importing
		converting transcoding encoding downloading transferring copying cloning moving migrating syncing synchronizing indexing reindexing
		ingesting analyzing analysing scanning training evaluating verifying installing
		upgrading patching configuring deploying publishing compiling packaging allocating attaching detaching resizing scaling rollingback
		restoring backingup modifying applying planning refreshing launching booting completing
		activating deactivating replicating archiving extracting
		shuttingdown rebuilding resyncing crawling`},
	{word{class: goesOn, state: StateWaiting}, `held suspended onhold userintervention requiresaction inputrequired waitingforinput`},
	{word{class: goesOn, state: StateCancelling}, `cancelling canceling cancelrequested cancellationrequested cancelpending cancellationpending`},

	{word{class: succeeds, state: StateSucceeded}, `succeeded succeed successful successfully completedsuccessfully
		successfullycompleted finishedsuccessfully endedok passed`},
	{word{class: succeeds, state: StateSucceeded, fine: true}, `success`},
	{word{class: succeeds, state: StateSucceeded, bare: true}, `complete completed done finished jobcomplete processed
		createcomplete updatecomplete deletecomplete importcomplete completedwithwarnings succeededwithissues
		finishedwithwarnings successwithwarnings succeededwithwarnings`},

	{word{class: fails, state: StateFailed}, `failed fail failure error errored exception fatal dead timedout timeout expired crashed crash
		abandoned interrupted faulted unsuccessful notsuccessful systemerror internalerror
		internalsystemerror outofmemory oomkilled nodefail bootfail deadline preempted endednotok rollbackcomplete
		updaterollbackcomplete upstreamfailed
		failedwitherrors`},
	{word{class: fails, state: StateCancelled}, `cancelled canceled aborted killed revoked discarded usercancelled
		usercanceled cancelledbyuser canceledbyuser`},
	{word{class: fails, state: StateCancelled, bare: true}, `terminated`}, // an outcome beside it counts
	{word{class: fails, state: StatePartial}, `incomplete partiallysucceeded partiallysuccessful unstable partial completedwitherrors completedwitherror
		partialsuccess partiallycompleted partiallycomplete partialcompleted completedwithfailures successwithfailures
		succeededwithfailures finishedwitherrors partialfailure partiallyfailed`},

	{word{class: ends}, `stopped ended exited skipped deleted notfound neutral superseded stale`},

	{word{class: mayGoOn, state: StatePending}, `created open new received registered inactive`},
	{word{class: mayGoOn, state: StateRunning}, `active`},
	{word{class: mayGoOn, state: StateWaiting}, `paused`},

	{word{class: isSettled, state: StateSucceeded, bare: true, fine: true}, `ok ready`},
	{word{class: isSettled}, `shipped delivered paid closed resolved archived final none green live online available enabled merged published
		healthy up disabled offline refunded current subscribed unsubscribed trialing unresolved acknowledged yellow red pass
		off publish inuse valid alive unpaid`},

	{word{class: isRefused, state: StateFailed}, `rejected denied declined invalid refused`},
	{word{class: isRefused, state: StateCancelled}, `dismissed`},
}

func indexWords() map[string]word {
	all := make(map[string]word, 320)
	for _, row := range words {
		for _, w := range strings.Fields(row.words) {
			all[w] = row.means
		}
	}
	return all
}
