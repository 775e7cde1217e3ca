/** What the paper measured on an FE310-G000: arXiv 2007.01348. */
export const paper = { framesPerSecond: 0.26, clockHz: 352e6 };

/** Cycles of a frame. */
export const paperCycles = Math.round(paper.clockHz / paper.framesPerSecond);
