/**
 * What the modules of this folder hand to each other. Everything but a Photo and a Network can be
 * posted from a worker to the page; nothing here touches a document.
 *
 * @typedef {object} Photo a picture of the visitor's, upright, sRGB, over white
 * @property {string} name of its file
 * @property {number} width pixels
 * @property {number} height pixels
 * @property {(top: number, bottom: number) => Uint8ClampedArray} rows RGBA of some rows, alpha 255
 * @property {() => void} close gives its memory back
 *
 * @typedef {object} Plane one number for each pixel, row by row
 * @property {number} width
 * @property {number} height
 * @property {Float32Array} values
 *
 * @typedef {object} Description what an exported network says of itself (`colorize export`)
 * @property {string} method name, such as "classification"
 * @property {string} title such as "Classification"
 * @property {number} side long side of what it sees, pixels
 * @property {number} size_divisor heights and widths that it takes are multiples of this
 * @property {number} stride pixels along one side of an output cell
 * @property {number} denoise how much grain is taken out, in multiples of it
 * @property {number} scale ab of an answer of 1; classes have none
 * @property {number[][] | null} centres ab of the classes, or null without classes
 * @property {number} temperature the default; 1 without classes
 * @property {boolean} hints whether it takes colours at single places
 * @property {string} licence of the weights
 *
 * @typedef {object} Network
 * @property {Description} description
 * @property {(grey: Plane, hints: Float32Array | null) => Promise<Float32Array>} run
 *   (3, h, w) hints -> (channels, h, w)
 * @property {() => Promise<void>} close
 *
 * @typedef {object} Hint a colour that is known at one place (colorize_core/inference/hints.py)
 * @property {number} x whole pixels from the left border of the upright photo
 * @property {number} y whole pixels from the top
 * @property {[number, number, number]} rgb 0…255; only its hue and its chroma count
 *
 * @typedef {object} Prediction one pass of a network over one photo
 * @property {Description} description
 * @property {Float32Array} output (channels, h, w): colours, or logits
 * @property {[number, number]} cells w and h
 * @property {Plane} guide what the network saw: L, in [0, 1]
 * @property {number} seconds of the network
 *
 * @typedef {object} Payload what the renderer (gpu.js) draws from: as payload.py's, unpacked
 * @property {number[]} temperatures levels, ascending
 * @property {number} scale Lab units of one step
 * @property {[number, number]} cells
 * @property {[number, number]} guide width and height
 * @property {boolean} entropy whether there is one
 * @property {Int16Array} steps (levels, h, w, 2)
 * @property {Float32Array} pixels the guide, in [0, 1]
 * @property {Uint8Array} undecided entropy of every cell in 255 steps of the most there can be
 *
 * @typedef {object} Probe what a classification says of one place, as the lab draws it
 * @property {number} x share of the width, in [0, 1)
 * @property {number} y share of the height, in [0, 1)
 * @property {number[][]} ab of every class
 * @property {number[]} probability
 * @property {string[]} colors of every class at the pixel's lightness, #rrggbb
 * @property {number} entropy bits
 * @property {number} most bits that there can be
 * @property {number[]} top likeliest classes
 * @property {number[] | null} truth ab of the photo there, if it has colours
 * @property {string | null} true_color
 *
 * @typedef {object} Work how a long piece of work tells of itself and is stopped
 * @property {(share: number) => void} [onProgress] called with 0…1
 * @property {AbortSignal} [signal]
 *
 * @typedef {object} Look
 * @property {number} [temperature] in [0, 1]; the method's own where it is not given
 * @property {number} [saturation] in [0, 4]
 */
export {};
