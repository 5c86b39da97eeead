// Draws cutouts with WebGL 2: one texture per waiting image, one triangle, the tone in the shader.
import { GREEN_SHARE, GREY, HIGH, LOW, RED_SHARE, TINT, UNITS } from './companding';
import { type Decoded, PIXELS_FROM, type Renderer, type Shades } from './renderer';
import { scale, type Size, type View } from './view';

const VERTEX = `#version 300 es
// One triangle that covers the viewport.
const vec2 corner[3] = vec2[](vec2(-1, -1), vec2(3, -1), vec2(-1, 3));
void main() { gl_Position = vec4(corner[gl_VertexID], 0, 1); }`;

/** A number as GLSL wants it. */
const num = (value: number) => value.toExponential(9);
const vec3 = (values: readonly number[]) => `vec3(${values.map(num).join(', ')})`;

const FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D image;
uniform vec2 size;    // image, pixels
uniform vec2 port;    // viewport, device pixels
uniform vec2 centre;  // image pixel in the middle
uniform float pixel;  // device pixels per image pixel
uniform bool companded;
uniform float stretch, power, gain;
uniform vec3 weights;
uniform float minimum, softening;
uniform float blue, inverted;
out vec4 colour;

// As companding.ts; written out, because the built-in functions lose digits on some devices.
vec3 expand(vec3 bytes) {
  vec3 e = exp(${num(LOW)} + bytes * ${num(HIGH - LOW)});
  return ${vec3(UNITS)} * 0.5 * (e - 1.0 / e);
}
float arsinh(float x) { return x < 1e-2 ? x - x * x * x / 6.0 : log(x + sqrt(x * x + 1.0)); }

vec3 composed(vec3 flux) {
  vec3 c = weights * flux;
  float excess = max(0.0, c.b - ${num(RED_SHARE)} * c.r - ${num(GREEN_SHARE)} * c.g);
  float grey = ${num(GREY)} * (c.r + c.g + c.b) / 3.0;
  c = mix(c, grey + excess * ${vec3(TINT)}, blue) + minimum;
  float intensity = (max(c.r, 0.0) + max(c.g, 0.0) + max(c.b, 0.0)) / 3.0;
  if (intensity <= 0.0) return vec3(0);
  return clamp(c * arsinh(softening * intensity) / (sqrt(softening) * intensity), 0.0, 1.0);
}

// The formula of tone.ts.
vec3 toned(vec3 c) {
  float excess = 1.7 * max(0.0, c.b - 0.85 * c.r - 0.04);
  float grey = 0.15 * (c.r + c.g + c.b);
  c = mix(c, grey + excess * vec3(0.35, 0.75, 1.15), blue);
  float intensity = max((c.r + c.g + c.b) / 3.0, 1e-4);
  float lit = intensity * gain;
  float stretched = stretch > 0.0 ? arsinh(stretch * lit) / arsinh(stretch) : lit;
  c *= pow(stretched, power) / intensity;
  return c / max(max(c.r, c.g), max(c.b, 1.0));
}

void main() {
  vec2 at = vec2(gl_FragCoord.x, port.y - gl_FragCoord.y);
  vec2 uv = (centre + (at - 0.5 * port) / pixel) / size;
  if (any(lessThan(uv, vec2(0))) || any(greaterThan(uv, vec2(1)))) { colour = vec4(0, 0, 0, 1); return; }
  vec3 bytes = texture(image, uv).rgb;
  vec3 c = companded ? composed(expand(bytes)) : toned(bytes);
  colour = vec4(mix(c, 1.0 - c, inverted), 1);
}`;

const UNIFORMS =
  'size port centre pixel companded stretch power gain weights minimum softening blue inverted'.split(' ');

/** Null where the browser has no WebGL 2 or refuses the program. */
export function webglRenderer(canvas: HTMLCanvasElement): Renderer | null {
  // The drawing stays readable, so that a test can look at what is on the screen.
  const gl = canvas.getContext('webgl2', { alpha: false, antialias: false, preserveDrawingBuffer: true });
  if (!gl) return null;
  const program = link(gl);
  if (!program) return null;
  gl.useProgram(program);
  const places = new Map(UNIFORMS.map((name) => [name, gl.getUniformLocation(program, name)]));
  const at = (name: string) => places.get(name) ?? null;
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

    draw(image: Decoded, view: View, { tone, look }: Shades, port: Size) {
      const pixel = scale(view, image, port);
      const isCompanded = image.encoding === 'companded';
      const { blue, invert } = isCompanded ? look : tone;
      gl.viewport(0, 0, port.width, port.height);
      gl.bindTexture(gl.TEXTURE_2D, texture(image));
      gl.texParameteri(
        gl.TEXTURE_2D,
        gl.TEXTURE_MAG_FILTER,
        pixel / devicePixelRatio >= PIXELS_FROM ? gl.NEAREST : gl.LINEAR,
      );
      gl.uniform2f(at('size'), image.width, image.height);
      gl.uniform2f(at('port'), port.width, port.height);
      gl.uniform2f(at('centre'), view.centreX, view.centreY);
      gl.uniform1f(at('pixel'), pixel);
      gl.uniform1i(at('companded'), isCompanded ? 1 : 0);
      gl.uniform1f(at('stretch'), tone.stretch);
      gl.uniform1f(at('power'), tone.power);
      gl.uniform1f(at('gain'), tone.gain);
      gl.uniform3f(at('weights'), ...look.weights);
      gl.uniform1f(at('minimum'), look.minimum);
      gl.uniform1f(at('softening'), look.softening);
      gl.uniform1f(at('blue'), blue);
      gl.uniform1f(at('inverted'), invert ? 1 : 0);
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
