/** A module that exports all the others. @param names Of the modules; each exports `<name>Abi`. */
export function renderIndex(names: readonly string[]): string {
  const lines = names.map((name) => `export { ${name}Abi } from "./${name}.js";\n`);
  return `// Generated from the contracts by "npm run codegen".\n${lines.join("")}`;
}
