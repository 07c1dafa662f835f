"""Papers that several methods follow, and what of them is a number."""

ZHANG = "Zhang, Isola, Efros 2016, Colorful Image Colorization"
ISOLA = "Isola et al. 2017, Image-to-Image Translation with Conditional Adversarial Networks"
CHENG = "Cheng, Yang, Sheng 2015, Deep Colorization"
RONNEBERGER = "Ronneberger, Fischer, Brox 2015, U-Net"
GOODFELLOW = "Goodfellow et al. 2014, Generative Adversarial Nets"
REDUCED_MOMENTUM = (0.5, 0.999)
"""Betas of Adam for GANs (Radford, Metz, Chintala 2016, section 3)."""
STRAINED = {"discriminator_rest": 1.0}
"""Against a λ of 100 a discriminator soon tells every answer by its paleness; it waits then."""
