import { mergeConfig } from 'vite';
import base from './vite.config';
const b = typeof base === 'function' ? await base({ command: 'serve', mode: 'development' }) : base;
export default mergeConfig(b, { server: { hmr: false, watch: null } });
