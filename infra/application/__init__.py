"""`make application`: the application package that `s init` and the console's "create application" page unpack.

The package is built from the files of this repository. Facts that no other file has are in `package/`: the texts and
parameters of publish.yaml, the readme, and the templates of the user's values.

Facts: Serverless Devs, "Application development guide" and "Parameters"; the code of `s` 3.1.10 and of its client.
"""
