namespace Orrery.Server.Configuration;

/// <summary>A configuration file can't be used. The message names the file, where possible the line, and how to mend it.</summary>
public sealed class ConfigurationFileException(string message) : Exception(message);
