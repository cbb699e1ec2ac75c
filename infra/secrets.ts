/** 32 random bytes in base 64, under which keys are hashed: `npm run sst -- secret set KeyPepper …` */
export const keyPepper = new sst.Secret("KeyPepper");
