"""Photos for training: folders, uint8 store, augmentation."""
