"""What readers see of exercises, and what authors are told about them."""

YOUR_GUESS = "Your guess"
NO_CHOICES = "guess: give a list of two or more things to guess, a line each"
