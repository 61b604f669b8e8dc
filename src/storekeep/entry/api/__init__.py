"""The HTTP door: the app made of the rooms' routers, its health, its documentation, and the server that runs it."""
