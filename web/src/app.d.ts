// Ambient types of SvelteKit; the app needs none of its own.
declare global {
  namespace App {}
}

export {};
