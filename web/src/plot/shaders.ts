/** The two programs: all points, and the ring around the one under the pointer. */

export const BYTES_A_ROW = 1024; // of a texture of bits, as in BITS below

const HEAD = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
`;

/**
 * Every point is offered twice, as two instances: first all that are not active, then all that are. So one
 * draw call puts the active ones on top. What has no part in an instance goes outside the screen.
 */
export const POINTS_VERTEX = `${HEAD}
layout(location = 0) in float x;
layout(location = 1) in float y;
layout(location = 2) in uint rank;

uniform uint keep;          // ranks below are active
uniform uint given;         // 1: there are ranks; 2: members; 4: preselected
uniform vec2 counts;        // how many members, how many preselected
uniform vec4 view;          // the middle of the plane, and screen halves per unit of it
uniform vec4 dots;          // muted: radius and opacity; active: pixels of ink for all; largest radius
uniform float ratio;        // device pixels per CSS pixel
uniform usampler2D members;
uniform usampler2D preselected;
uniform vec3 mutedColor;
uniform vec3 activeColor;
uniform vec3 preselectedColor;

flat out vec4 color;
flat out vec2 radius;       // of the disc, and of the halo around it, in device pixels

bool has(usampler2D bits, int position) { // BITS
  int byte = position >> 3;
  uint word = texelFetch(bits, ivec2(byte % ${BYTES_A_ROW}, byte / ${BYTES_A_ROW}), 0).r;
  return ((word >> uint(position & 7)) & 1u) == 1u;
}

void main() {
  bool ranked = (given & 1u) != 0u;
  bool member = (given & 2u) == 0u || has(members, gl_VertexID);
  bool before = ranked && (given & 4u) != 0u && has(preselected, gl_VertexID);
  bool lit = before || (member && (!ranked || rank < keep));
  float disc = dots.x;
  float halo = 0.0;
  color = vec4(mutedColor, dots.y);
  if (lit) {
    float kept = max(ranked ? float(keep) + counts.y : counts.x, 1.0);
    float ideal = sqrt(dots.z / kept);
    disc = clamp(ideal, 1.15, dots.w);
    halo = clamp(ideal - 1.3, 0.0, 1.0); // among many, halos would wash the colour out
    color = vec4(before ? preselectedColor : activeColor, clamp(ideal, 0.6, 1.0));
  }
  radius = ratio * vec2(disc, disc + halo);
  gl_PointSize = 2.0 * radius.y + 2.0;
  bool placed = !isnan(x) && !isnan(y);
  vec2 at = (vec2(x, y) - view.xy) * view.zw;
  gl_Position = placed && lit == (gl_InstanceID == 1) ? vec4(at, 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
}
`;

/** A disc with a smooth edge, and below it a halo in the colour of the page that parts it from the others. */
export const POINTS_FRAGMENT = `${HEAD}
uniform vec3 haloColor;
flat in vec4 color;
flat in vec2 radius;
out vec4 pixel;

void main() {
  float distance = length((gl_PointCoord - 0.5) * (2.0 * radius.y + 2.0));
  float disc = color.a * clamp(radius.x + 0.5 - distance, 0.0, 1.0);
  float halo = radius.y > radius.x ? 0.85 * clamp(radius.y + 0.5 - distance, 0.0, 1.0) : 0.0;
  pixel = vec4(color.rgb, 1.0) * disc + vec4(haloColor, 1.0) * halo * (1.0 - disc); // premultiplied
}
`;

export const RING_VERTEX = `${HEAD}
uniform vec2 at;            // on the screen, -1 to 1
uniform vec2 radius;        // of the ring, and of its line, in device pixels

void main() {
  gl_Position = vec4(at, 0.0, 1.0);
  gl_PointSize = 2.0 * (radius.x + 2.0 * radius.y) + 2.0;
}
`;

export const RING_FRAGMENT = `${HEAD}
uniform vec2 radius;
uniform vec3 ringColor;
uniform vec3 haloColor;
out vec4 pixel;

void main() {
  float distance = length((gl_PointCoord - 0.5) * (2.0 * (radius.x + 2.0 * radius.y) + 2.0));
  float off = abs(distance - radius.x);
  float line = clamp(0.5 * radius.y + 0.5 - off, 0.0, 1.0);
  float halo = 0.9 * clamp(1.25 * radius.y + 0.5 - off, 0.0, 1.0);
  pixel = vec4(ringColor, 1.0) * line + vec4(haloColor, 1.0) * halo * (1.0 - line);
}
`;
