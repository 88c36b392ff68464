"""What readers see on what launches a notebook."""

COLAB, STUDIO_LAB = "Colab", "Studio Lab"

LAUNCH = {COLAB: "{label} in Colab", STUDIO_LAB: "{label} in Studio Lab"}
RUN = "Run the notebook of your library"
OPEN_IN_STUDIO_LAB = "Open in SageMaker Studio Lab"
