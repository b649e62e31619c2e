/** What forge is run with: the caller's environment and the long profile. */
export const forgeEnvironment: NodeJS.ProcessEnv = { ...process.env, FOUNDRY_PROFILE: "deep" };
