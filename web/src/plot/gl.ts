/** The few WebGL2 calls that need more than a line. */

export type Uniforms = Readonly<Record<string, WebGLUniformLocation | null>>;

export interface Program {
  readonly program: WebGLProgram;
  readonly uniforms: Uniforms;
}

/** Compile and link a program, and find its uniforms by name. */
export function link(gl: WebGL2RenderingContext, vertex: string, fragment: string): Program {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(type);
    if (shader) {
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
      gl.deleteShader(shader);
    }
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    const logs = (gl.getAttachedShaders(program) ?? []).map((shader) => gl.getShaderInfoLog(shader));
    throw new Error(`The plot's shaders do not link: ${[gl.getProgramInfoLog(program), ...logs].join(" ")}`);
  }
  const uniforms: Record<string, WebGLUniformLocation | null> = {};
  const count = (gl.getProgramParameter(program, gl.ACTIVE_UNIFORMS) as number | null) ?? 0;
  for (let index = 0; index < count; index += 1) {
    const name = gl.getActiveUniform(program, index)?.name;
    if (name) {
      uniforms[name] = gl.getUniformLocation(program, name);
    }
  }
  return { program, uniforms };
}

/** Make a texture of bytes that shaders read as whole numbers, bound to a unit of its own. */
export function byteTexture(gl: WebGL2RenderingContext, unit: number): WebGLTexture {
  const texture = gl.createTexture();
  gl.activeTexture(gl.TEXTURE0 + unit);
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8UI, 1, 1, 0, gl.RED_INTEGER, gl.UNSIGNED_BYTE, new Uint8Array(1));
  return texture;
}

/** Send bytes to the texture of a unit, `width` to a row. `bytes` fills whole rows. */
export function sendBytes(gl: WebGL2RenderingContext, unit: number, bytes: Uint8Array, width: number): void {
  gl.activeTexture(gl.TEXTURE0 + unit);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  const rows = bytes.length / width;
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8UI, width, rows, 0, gl.RED_INTEGER, gl.UNSIGNED_BYTE, bytes);
}

/** Make a buffer and read an attribute from it: floats, or whole numbers. */
export function attribute(gl: WebGL2RenderingContext, location: number, type: "float" | "uint"): WebGLBuffer {
  const buffer = gl.createBuffer();
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.enableVertexAttribArray(location);
  if (type === "float") {
    gl.vertexAttribPointer(location, 1, gl.FLOAT, false, 0, 0);
  } else {
    gl.vertexAttribIPointer(location, 1, gl.UNSIGNED_INT, 0, 0);
  }
  return buffer;
}
