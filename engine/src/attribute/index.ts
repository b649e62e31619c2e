export { ATTRIBUTION_FILE } from "./AttributionBase.js";
export { AdapterProbe, type ProbeInput, type ProbeReading, type ProbeSilence } from "./admission/AdapterProbe.js";
export {
  COPY_CONTAINMENT,
  type Copy,
  CopySearch,
  MAX_RECORD_BYTES,
  type MemoryOptions,
} from "./admission/CopySearch.js";
export { type EarlierCopy, EarlierRecords, type RecordPlace, type SharedRun } from "./admission/EarlierRecords.js";
export { EarlierSample } from "./admission/EarlierSample.js";
export {
  type JudgedRecords,
  type JudgeOptions,
  judgeRecords,
  MAX_SCORE,
  type ProbeOptions,
  type RecordJudgement,
  type Refusal,
} from "./admission/judgeRecords.js";
export { NoiseGate, type NoiseReading } from "./admission/NoiseGate.js";
export type { StatedLicence } from "./admission/statedLicences.js";
export { answerCodes } from "./answerCodes.js";
export { attributeAnswer } from "./attributeAnswer.js";
export {
  type AnswerAttribution,
  type AttributedRecord,
  type AttributionVersion,
  attributeCodes,
  type Contributors,
  MAX_ATTRIBUTED_RECORDS,
} from "./attributeCodes.js";
export { Bm25 } from "./bm25.js";
export { type AnswerCodes, ATTRIBUTION_CONTEXT, CODE_BYTES, type PositionCodes } from "./codes.js";
export { codesOfRun } from "./codesOfRun.js";
export { AttributionError } from "./errors.js";
export {
  type Evaluation,
  type EvaluationOptions,
  type EvaluationWindow,
  evaluateAttribution,
  evaluationWindows,
} from "./evaluate.js";
export { excerpt } from "./excerpt.js";
export { type FitOptions, fitAttributionBase } from "./fitAttributionBase.js";
export { BothEnds, bothEnds, isB } from "./gradient/BothEnds.js";
export { basisSample, sampleHash } from "./gradient/basisSample.js";
export { buildSketches } from "./gradient/buildSketches.js";
export { type FetchedGradients, fetchGradients, type WantedGradients } from "./gradient/fetchGradients.js";
export { fitGradientBasis, type GradientBuildOptions, type GradientSource } from "./gradient/fitGradientBasis.js";
export { describeMatrices, type FittedOn, GradientBasis, type GradientSubject } from "./gradient/GradientBasis.js";
export { GradientSketches } from "./gradient/GradientSketches.js";
export { type GradientPaths, publishGradients } from "./gradient/publishGradients.js";
export { type GradientQuery, gradientQuery, type ScoredSketches, scoreSketches } from "./gradient/scoreSketches.js";
export type { SketchKind } from "./gradient/sketch.js";
export {
  type ContributorStanding,
  type RecordStanding,
  STANDING_WHOLE,
  type Standings,
  standings,
} from "./gradient/standings.js";
export { type GradientMatrix, TextGradients } from "./gradient/TextGradients.js";
export { IndexedProvider } from "./IndexedProvider.js";
export type { IndexRows } from "./indexTable.js";
export { AttributionIndex } from "./kernel/AttributionIndex.js";
export { type BuildIndexOptions, buildIndex, type RowCache } from "./kernel/buildIndex.js";
export { creditRecords } from "./kernel/creditRecords.js";
export { type IndexedRecord, IndexIntake, indexedRecords, indexedTokens } from "./kernel/indexedRecords.js";
export { openIndexRow } from "./kernel/openIndexRow.js";
export type { VersionIndex } from "./kernel/VersionIndex.js";
export type { MatchArrays } from "./match/MatchArrays.js";
export { MatchIndex } from "./match/MatchIndex.js";
export { MatchProver, type Proven } from "./match/MatchProver.js";
export { MatchSearch, type SearchedRecords } from "./match/MatchSearch.js";
export { type MatchPlace, MatchShard } from "./match/MatchShard.js";
export { type MatchSpan, matchAnswer } from "./match/matchAnswer.js";
export { type ProvisionalAttribution, RunningAttribution } from "./RunningAttribution.js";
export { appendRecords } from "./segments/appendRecords.js";
export { buildIndexFolder } from "./segments/buildIndexFolder.js";
export type { EarlierIndex } from "./segments/EarlierRows.js";
export { FolderLock } from "./segments/FolderLock.js";
export type { FileSource } from "./segments/fetchFile.js";
export { fetchIndex, indexFileBytes, indexFileRoot } from "./segments/fetchIndex.js";
export { type IndexBase, IndexFolder } from "./segments/IndexFolder.js";
export { openBuiltIndex, readBuilt } from "./segments/openBuiltIndex.js";
export { publishIndex } from "./segments/publishIndex.js";
export type { RecordTokens } from "./segments/RecordTokens.js";
export { removeIndex } from "./segments/removeIndex.js";
export { SegmentIndex } from "./segments/SegmentIndex.js";
export { TokenFile } from "./segments/TokenFile.js";
export { tombstoneIndex } from "./segments/tombstoneIndex.js";
export { creditsOf, withIndexes } from "./withIndexes.js";
