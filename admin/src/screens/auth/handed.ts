// A token on its way from the API runner to the Auth screen. It is in no address and no history: whoever takes it has it, and it is gone here.
let held = '';

export const handed = {
  give(token: string) {
    held = token;
  },
  take(): string {
    const token = held;
    held = '';
    return token;
  },
};
