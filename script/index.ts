export * from "./devnet/index.js";
export { describeBuild, infoOf, readLayouts, upgradeOptions } from "./layouts/StorageLayouts.js";
export { type RoleHolder, type RoleSource, readRoles } from "./roles/readRoles.js";
export { type Books, BooksDoNotBalanceError } from "./story/books.js";
export { type StoryEnd, type StoryOptions, tellStory } from "./story/tellStory.js";
