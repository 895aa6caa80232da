export const secret = "source";
