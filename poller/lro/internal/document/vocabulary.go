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
	{word{class: goesOn, state: Pending, loud: true}, `pending queued inqueue enqueued notstarted`},
	{word{class: goesOn, state: Running, loud: true}, `running inprogress inprocess processing executing`},
	{word{class: goesOn, state: Pending}, `requeued accepted notrunning blocked scheduled
		 validating validatingfiles submitted uploadcomplete initialized initializing initialising initiated
		starting startingup unknown waiting awaiting requested prerunning preparing queueing queuing pendingapproval
		delayed deferred readytostart runnable throttled preprocessing`},
	{word{class: goesOn, state: Running}, `inexecution provisioning updating deleting creating
		finalizing finalising parsing continuedasnew building stopping uploading started working ongoing underway
		generating rendering retrying restarting rebooting resuming pausing suspending terminating aborting exporting importing
		converting transcoding encoding downloading transferring copying cloning moving migrating syncing synchronizing indexing reindexing
		ingesting analyzing analysing scanning training evaluating verifying installing
		upgrading patching configuring deploying publishing compiling packaging allocating attaching detaching resizing scaling rollingback
		restoring backingup modifying applying planning refreshing launching booting completing
		activating deactivating replicating archiving extracting
		shuttingdown rebuilding resyncing crawling triggered crashing spawning dispatched dispatching inflight calculating computing solving optimizing
		compressing merging collecting gathering fetching loading sending finishing postprocessing simulating testing transcribing
		translating warmingup cleaningup committing busy reviewing inreview underreview stalled`},
	{word{class: goesOn, state: Waiting}, `held suspended onhold userintervention requiresaction inputrequired waitingforinput`},
	{word{class: goesOn, state: Cancelling}, `cancelling canceling cancelrequested cancellationrequested cancelpending cancellationpending`},

	{word{class: succeeds, state: Succeeded}, `succeeded succeed successful successfully completedsuccessfully
		successfullycompleted finishedsuccessfully endedok passed`},
	{word{class: succeeds, state: Succeeded, fine: true}, `success`},
	{word{class: succeeds, state: Succeeded, bare: true}, `complete completed done finished jobcomplete processed
		createcomplete updatecomplete deletecomplete importcomplete completedwithwarnings succeededwithissues
		finishedwithwarnings successwithwarnings succeededwithwarnings fulfilled`},

	{word{class: fails, state: Failed, loud: true}, `failed failure`},
	{word{class: fails, state: Failed}, `fail error errored exception fatal dead timedout timeout expired crashed crash
		abandoned interrupted faulted unsuccessful notsuccessful systemerror internalerror
		internalsystemerror outofmemory oomkilled nodefail bootfail deadline preempted endednotok rollbackcomplete
		updaterollbackcomplete upstreamfailed
		failedwitherrors evicted panicked corrupted deadlettered unrecoverable`},
	{word{class: fails, state: Cancelled, loud: true}, `cancelled canceled`},
	{word{class: fails, state: Cancelled}, `aborted killed withdrawn revoked discarded usercancelled
		usercanceled cancelledbyuser canceledbyuser`},
	{word{class: fails, state: Cancelled, bare: true}, `terminated`}, // an outcome beside it counts
	{word{class: fails, state: Partial}, `incomplete partiallysucceeded partiallysuccessful unstable partial completedwitherrors completedwitherror
		partialsuccess partiallycompleted partiallycomplete partialcompleted completedwithfailures successwithfailures
		succeededwithfailures finishedwitherrors partialfailure partiallyfailed`},

	{word{class: ends}, `stopped ended exited skipped deleted notfound neutral superseded stale halted concluded noop idle`},

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

// localWords are those of other languages. Answers are read by them; the vocabulary that a client can be expected
// to know ([Word]) has none of them.
var localWords = [...]struct {
	means word
	words string
}{
	{word{class: goesOn, state: Pending, loud: true}, `inwarteschlange wartend enattente enespera pendiente pendente inattesa inwacht oczekuje ожидает вочереди 待機中 等待中 排队中 대기중`},
	{word{class: goesOn, state: Running, loud: true}, `läuft laufend inbearbeitung wirdverarbeitet encours enproceso encurso procesando ejecutando enejecución processando
		emandamento emprocessamento incorso inesecuzione bezig probíhá wtrakcie вобработке выполняется 処理中 実行中 处理中 运行中 进行中 执行中
		처리중 진행중`},
	{word{class: succeeds, state: Succeeded}, `erfolgreich réussi exitoso sucesso успешно 成功 성공`},
	{word{class: succeeds, state: Succeeded, bare: true}, `abgeschlossen fertig erledigt terminé terminée achevé completado completada finalizado finalizada concluído concluido
		concluída completato completata voltooid dokončeno hotovo zakończono завершено выполнено 完了 已完成 完成 완료`},
	{word{class: fails, state: Failed, loud: true}, `fehlgeschlagen gescheitert échec echec échoué enéchec fallido fallida fallado falló falhou fallito mislukt selhalo
		niepowodzenie неудачно 失敗 失败 실패`},
	{word{class: fails, state: Failed}, `fehler fehlerhaft erreur erro errore chyba błąd ошибка エラー`},
	{word{class: fails, state: Cancelled, loud: true}, `abgebrochen storniert annulé annulée cancelado cancelada annullato geannuleerd zrušeno anulowano отменено キャンセル 已取消 취소`},
	{word{class: ends}, `beendet`},
}

func indexWords() map[string]word {
	all := make(map[string]word, 512)
	for _, row := range localWords {
		for _, w := range strings.Fields(row.words) {
			means := row.means
			means.local = true
			all[w] = means
		}
	}
	for _, row := range words {
		for _, w := range strings.Fields(row.words) {
			all[w] = row.means
		}
	}
	return all
}
