"""`make application`: the application package that `s init` and the console's "create application" page unpack.

The package is built from the files of this repository. Only what no other file says is kept in `package/`: the texts
and parameters of publish.yaml, the readme, and the templates of the user's values.

Facts: Serverless Devs, "Application development guide" and "Parameters"; what `s` 3.1.10 and its registry client do.
"""
