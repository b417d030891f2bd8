"""The sub-commands, one module each, in folders by what they are about."""
