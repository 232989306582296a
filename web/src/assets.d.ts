// Files that the bundler takes in as text.
declare module "*?text" {
  const text: string;
  export default text;
}
