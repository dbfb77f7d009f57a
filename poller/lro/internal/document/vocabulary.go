package document

import (
	"strings"
	"sync"
)

// vocabulary holds the words that servers use for states, folded as [Word] does. The sources of each
// word are in docs/reference/vocabulary.md.
var vocabulary = sync.OnceValue(indexWords)

// words lists the vocabulary by meaning.
var words = [...]struct {
	means word
	words string
}{
	{word{class: goesOn, state: Pending}, `pending queued inqueue enqueued requeued accepted notstarted notrunning blocked scheduled
		 validating validatingfiles submitted uploadcomplete initialized initializing initialising initiated
		starting startingup unknown waiting awaiting requested prerunning preparing queueing queuing pendingapproval
		delayed deferred readytostart runnable throttled preprocessing`},
	{word{class: goesOn, state: Running}, `running inprogress inprocess inexecution processing executing provisioning updating deleting creating
		finalizing finalising parsing continuedasnew building stopping uploading started working ongoing underway
		generating rendering retrying restarting rebooting resuming pausing suspending terminating aborting exporting importing
		converting transcoding encoding downloading transferring copying cloning moving migrating syncing synchronizing indexing reindexing
		ingesting analyzing analysing scanning training evaluating verifying installing
		upgrading patching configuring deploying publishing compiling packaging allocating attaching detaching resizing scaling rollingback
		restoring backingup modifying applying planning refreshing launching booting completing
		activating deactivating replicating archiving extracting
		shuttingdown rebuilding resyncing crawling`},
	{word{class: goesOn, state: Waiting}, `held suspended onhold userintervention requiresaction inputrequired waitingforinput`},
	{word{class: goesOn, state: Cancelling}, `cancelling canceling cancelrequested cancellationrequested cancelpending cancellationpending`},

	{word{class: succeeds, state: Succeeded}, `succeeded succeed successful successfully completedsuccessfully
		successfullycompleted finishedsuccessfully endedok passed`},
	{word{class: succeeds, state: Succeeded, fine: true}, `success`},
	{word{class: succeeds, state: Succeeded, bare: true}, `complete completed done finished jobcomplete processed
		createcomplete updatecomplete deletecomplete importcomplete completedwithwarnings succeededwithissues
		finishedwithwarnings successwithwarnings succeededwithwarnings`},

	{word{class: fails, state: Failed}, `failed fail failure error errored exception fatal dead timedout timeout expired crashed crash
		abandoned interrupted faulted unsuccessful notsuccessful systemerror internalerror
		internalsystemerror outofmemory oomkilled nodefail bootfail deadline preempted endednotok rollbackcomplete
		updaterollbackcomplete upstreamfailed
		failedwitherrors`},
	{word{class: fails, state: Cancelled}, `cancelled canceled aborted killed revoked discarded usercancelled
		usercanceled cancelledbyuser canceledbyuser`},
	{word{class: fails, state: Cancelled, bare: true}, `terminated`}, // an outcome beside it counts
	{word{class: fails, state: Partial}, `incomplete partiallysucceeded partiallysuccessful unstable partial completedwitherrors completedwitherror
		partialsuccess partiallycompleted partiallycomplete partialcompleted completedwithfailures successwithfailures
		succeededwithfailures finishedwitherrors partialfailure partiallyfailed`},

	{word{class: ends}, `stopped ended exited skipped deleted notfound neutral superseded stale`},

	{word{class: mayGoOn, state: Pending}, `created open new received registered inactive`},
	{word{class: mayGoOn, state: Running}, `active`},
	{word{class: mayGoOn, state: Waiting}, `paused`},

	{word{class: isSettled, state: Succeeded, bare: true, fine: true}, `ok ready`},
	{word{class: isSettled}, `shipped delivered paid closed resolved archived final none green live online available enabled merged published
		healthy up disabled offline refunded current subscribed unsubscribed trialing unresolved acknowledged yellow red pass
		off publish inuse valid alive unpaid`},

	{word{class: isRefused, state: Failed}, `rejected denied declined invalid refused`},
	{word{class: isRefused, state: Cancelled}, `dismissed`},
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
