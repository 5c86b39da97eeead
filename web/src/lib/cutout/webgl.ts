// Draws cutouts with WebGL 2: one texture per waiting image, one triangle, the tone in the shader.
import { type Decoded, PIXELS_FROM, type Renderer } from './renderer';
import type { Tone } from './tone';
import { scale, type Size, type View } from './view';

const VERTEX = `#version 300 es
// One triangle that covers the viewport.
const vec2 corner[3] = vec2[](vec2(-1, -1), vec2(3, -1), vec2(-1, 3));
void main() { gl_Position = vec4(corner[gl_VertexID], 0, 1); }`;

const FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D image;
uniform vec2 size;    // image, pixels
uniform vec2 port;    // viewport, device pixels
uniform vec2 centre;  // image pixel in the middle
uniform float pixel;  // device pixels per image pixel
uniform float stretch, power, blue, gain, inverted;
out vec4 colour;

void main() {
  vec2 at = vec2(gl_FragCoord.x, port.y - gl_FragCoord.y);
  vec2 uv = (centre + (at - 0.5 * port) / pixel) / size;
  if (any(lessThan(uv, vec2(0))) || any(greaterThan(uv, vec2(1)))) { colour = vec4(0, 0, 0, 1); return; }
  vec3 c = texture(image, uv).rgb;
  // From here the formula of tone.ts.
  float excess = 1.7 * max(0.0, c.b - 0.85 * c.r - 0.04);
  float grey = 0.15 * (c.r + c.g + c.b);
  c = mix(c, grey + excess * vec3(0.35, 0.75, 1.15), blue);
  float intensity = max((c.r + c.g + c.b) / 3.0, 1e-4);
  float lit = intensity * gain;
  float stretched = stretch > 0.0 ? asinh(stretch * lit) / asinh(stretch) : lit;
  c *= pow(stretched, power) / intensity;
  c /= max(max(c.r, c.g), max(c.b, 1.0));
  colour = vec4(mix(c, 1.0 - c, inverted), 1);
}`;

const UNIFORMS = ['size', 'port', 'centre', 'pixel', 'stretch', 'power', 'blue', 'gain', 'inverted'] as const;

/** Null where the browser has no WebGL 2 or refuses the program. */
export function webglRenderer(canvas: HTMLCanvasElement): Renderer | null {
  // The drawing stays readable, so that a test can look at what is on the screen.
  const gl = canvas.getContext('webgl2', { alpha: false, antialias: false, preserveDrawingBuffer: true });
  if (!gl) return null;
  const program = link(gl);
  if (!program) return null;
  gl.useProgram(program);
  const at = Object.fromEntries(
    UNIFORMS.map((name) => [name, gl.getUniformLocation(program, name)]),
  ) as Record<(typeof UNIFORMS)[number], WebGLUniformLocation | null>;
  const textures = new Map<string, WebGLTexture>();

  function texture(image: Decoded): WebGLTexture | null {
    const ready = textures.get(image.key);
    if (ready) return ready;
    const made = gl!.createTexture();
    if (!made) return null;
    gl!.bindTexture(gl!.TEXTURE_2D, made);
    gl!.pixelStorei(gl!.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl!.NONE);
    gl!.texImage2D(gl!.TEXTURE_2D, 0, gl!.RGB8, gl!.RGB, gl!.UNSIGNED_BYTE, image.bitmap);
    gl!.texParameteri(gl!.TEXTURE_2D, gl!.TEXTURE_WRAP_S, gl!.CLAMP_TO_EDGE);
    gl!.texParameteri(gl!.TEXTURE_2D, gl!.TEXTURE_WRAP_T, gl!.CLAMP_TO_EDGE);
    gl!.texParameteri(gl!.TEXTURE_2D, gl!.TEXTURE_MIN_FILTER, gl!.LINEAR);
    textures.set(image.key, made);
    return made;
  }

  return {
    keep(images) {
      const wanted = new Set(images.map((image) => image.key));
      for (const [key, old] of textures) {
        if (!wanted.has(key)) {
          gl.deleteTexture(old);
          textures.delete(key);
        }
      }
      images.forEach(texture);
    },

    draw(image: Decoded, view: View, tone: Tone, port: Size) {
      const pixel = scale(view, image, port);
      gl.viewport(0, 0, port.width, port.height);
      gl.bindTexture(gl.TEXTURE_2D, texture(image));
      gl.texParameteri(
        gl.TEXTURE_2D,
        gl.TEXTURE_MAG_FILTER,
        pixel / devicePixelRatio >= PIXELS_FROM ? gl.NEAREST : gl.LINEAR,
      );
      gl.uniform2f(at.size, image.width, image.height);
      gl.uniform2f(at.port, port.width, port.height);
      gl.uniform2f(at.centre, view.centreX, view.centreY);
      gl.uniform1f(at.pixel, pixel);
      gl.uniform1f(at.stretch, tone.stretch);
      gl.uniform1f(at.power, tone.power);
      gl.uniform1f(at.blue, tone.blue);
      gl.uniform1f(at.gain, tone.gain);
      gl.uniform1f(at.inverted, tone.invert ? 1 : 0);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    },

    dispose() {
      for (const old of textures.values()) gl.deleteTexture(old);
      textures.clear();
      gl.deleteProgram(program);
    },
  };
}

function link(gl: WebGL2RenderingContext): WebGLProgram | null {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(kind);
    if (!shader) return null;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : null;
}
